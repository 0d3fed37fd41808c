"""The call, what it raises, what it says; X is (1, 8, 5, 5), W (4, 4, 3, 3), LINE (1, 1, 4)."""
