"""What follows from the companies' files, computed without any of Adit's code."""
