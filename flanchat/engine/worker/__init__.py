"""An engine in a child process, and pools of such workers."""
