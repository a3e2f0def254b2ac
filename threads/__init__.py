"""Mail to facts: sources, messages, the reply tree, quoting, series, review points, claims.

Nothing here knows of kernels or rules, and nothing here runs a program or opens a connection.
"""
