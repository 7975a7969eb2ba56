"""Networks: callables ``build(n_concepts, image_size, **options)`` that return a module.

They take standardised pixels, (b, 3, image_size, image_size) float32, and return
(b, n_concepts) logits. Those that need to see data before the first step have a method
``initialize(pixels)``; the training loop calls it once.
"""
