"""Networks: callables ``build(n_concepts, image_size, **options)`` that return a module."""
