"""Moving house: everything staff own as readable JSON and files, and back again."""
