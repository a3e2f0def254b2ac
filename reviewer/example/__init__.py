"""The thread that ships with the package: invented people, a real function."""
