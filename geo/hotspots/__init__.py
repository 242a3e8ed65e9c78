"""Where things lie closer than chance would have them: arrays in, arrays out, no database.

grid, hexagons     bins: square cells, villages, hexagons whose numbers never change
density            kernel density, mended at the coast and at the border
weights            who is whose neighbour
local, moran       Getis-Ord Gi* and local Moran, by formula and by permutation
rates              the same for cases per head, road or square kilometre
discoveries        how many of many findings would be chance
"""
