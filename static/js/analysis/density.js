/** The density as a picture that the map lays over the land. */

import { figure } from "./words.js";

const CLASSES = 4;

/** Where the classes of a grid begin: quarters of its most, by squares so that the low is seen. */
export const densitySteps = ({ max }) =>
  Array.from({ length: CLASSES }, (_none, at) => max * ((at + 1) / (CLASSES + 1)) ** 2);

/**
 * The picture as a canvas: row 0 of the values is the south, of the picture the north.
 * @param steps where the shades begin, from densitySteps()
 */
export function densityPicture(grid, colourOf, steps = densitySteps(grid)) {
  const { rows, cols, values } = grid;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: cols, height: rows });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(cols, rows);
  const inks = [1, 2, 3, 4].map((number) => rgb(colourOf(`load-${number}`)));
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) {
      const value = values[row * cols + col];
      const class_ = !value ? -1 : steps.filter((from) => value >= from).length - 1;
      if (class_ >= 0) pixels.data.set(inks[class_], ((rows - 1 - row) * cols + col) * 4);
    }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

const rgb = (hex) => [...[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)), 255];

/** Rows of the legend: colour and words. */
export function densityLegend(steps) {
  return steps.map((from, at, all) => ({
    colour: `seq-${at + 1}`,
    from: figure(from),
    to: all[at + 1] === undefined ? null : figure(all[at + 1]),
  }));
}
