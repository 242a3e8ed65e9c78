/** Signs of several incidents at one place: a plate for the number, rimmed by the most urgent one. */

import { colour } from "./colour.js";
import { image, prioritySheet, priorityColour, put, ring, sheet } from "./symbols.js";

/** From which number on a cluster has its size, and the size in points. */
export const CLUSTER_SIZES = [
  { from: 2, across: 27 },
  { from: 10, across: 32 },
  { from: 100, across: 38 },
  { from: 1000, across: 46 },
];
const BADGE = 15;

// The rim says the priority by colour, the badge by its shape: nobody needs to see colours.
function clusterImage(priority, across) {
  const pen = sheet(across + BADGE);
  const middle = (across + BADGE) / 2;
  pen.beginPath();
  pen.arc(middle, middle, across / 2 - 2, 0, 7);
  ring(pen, colour("raised"), 6);
  pen.fillStyle = colour("raised");
  pen.fill();
  ring(pen, priorityColour(priority), 3.2);
  const corner = middle + (across / 2) * Math.SQRT1_2;
  pen.drawImage(
    prioritySheet(priority).canvas,
    corner - BADGE / 2,
    across + BADGE - corner - BADGE / 2,
    BADGE,
    BADGE,
  );
  return image(pen);
}

/** Stripes for villages of which the figure is not known. */
function hatchImage() {
  const pen = sheet(8);
  pen.fillStyle = colour("load-0");
  pen.fillRect(0, 0, 8, 8);
  pen.beginPath();
  for (const from of [-8, 0, 8]) {
    pen.moveTo(from, 8);
    pen.lineTo(from + 8, 0);
  }
  ring(pen, colour("border"), 1);
  return image(pen);
}

/** Draw all clusters and the stripes into the map, or anew in the colours of the hour. */
export function putClusterImages(map) {
  for (const priority of [1, 2, 3, 4])
    for (const [size, { across }] of CLUSTER_SIZES.entries())
      put(map, `cluster-${priority}-${size}`, clusterImage(priority, across));
  put(map, "hatch", hatchImage());
}
