"""Figures of the report, drawn with seaborn and matplotlib as SVG."""
