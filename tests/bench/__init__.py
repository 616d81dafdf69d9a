"""Measures of `bin/bench`: each module has `measure(options)`, which gives the lines of its table."""
