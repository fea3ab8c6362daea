"""The jobs that come with Harbor: one file each, its input, its outcome, its function."""
