"""Reading clips and writing the overlay."""
