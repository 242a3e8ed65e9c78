"""Prints: maps by folium with our own Leaflet, sheets, posters: files that fetch nothing."""
