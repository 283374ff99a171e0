"""Strong-motion measures of episodes: of nodes, of the structure, and of the wave in a city."""
