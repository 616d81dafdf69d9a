"""What the addresses of the frame answer: home and cards, search, the map's plan, the page of components."""
