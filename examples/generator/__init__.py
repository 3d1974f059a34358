"""Makes the files of the example companies from one invented history."""
