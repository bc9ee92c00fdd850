"""`make bench`: what Nod costs, measured on the machine in front of you."""
