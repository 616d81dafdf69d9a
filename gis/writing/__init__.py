"""One feature at a time, written by a program: what it may say, whether it is fit, and the row that it becomes."""
