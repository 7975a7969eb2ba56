"""Where in an image the evidence for a concept lies, exactly, for scores that are sums over places.

A linear classifier scores ``w . phi + b``, and phi is made of a sum over local vectors. Power
laws and norms only scale its coordinates: at the image's own values each is a factor, so that
every local vector has its share of the score.
"""
