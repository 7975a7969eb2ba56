"""Networks written out by hand: modules, back-propagation and training in NumPy alone."""
