"""What is known of the kernel: the model, chains and coverage, claim checks, objection rules, test plans.

Nothing here knows of mail.
"""
