"""What resumes: the contract of an engine, and the one that runs in this process."""
