"""Headers compared and laid side by side: tables, matrices, differences."""
