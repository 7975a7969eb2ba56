"""Optimisation of descriptors between extraction and classification."""

from engineered.optimization.descriptor_optimization import DescriptorOptimization

__all__ = ["DescriptorOptimization"]
