/** Villages shaded by how much of them can be reached in time. */

import { colour } from "./colour.js";

const NONE = ["literal", false];

/** From which share on a village is in each class; below the first it is out of reach. */
export const REACH_STEPS = [0.05, 0.5, 0.95];
const OPACITY = [0.18, 0.38, 0.62];

/** Shade villages [{code, share}], or take the shades away with null. */
export function drawCover(map, villages) {
  const shown = villages?.length ? villages : null;
  map.setFilter("village-reach", shown ? ["has", "code"] : NONE);
  if (!shown) return;
  map.setPaintProperty("village-reach", "fill-color", [
    "match",
    ["get", "code"],
    ...shown.flatMap(({ code, share }) => [code, colour(classOf(share) ? "accent" : "bad")]),
    colour("load-0"),
  ]);
  map.setPaintProperty("village-reach", "fill-opacity", [
    "match",
    ["get", "code"],
    ...shown.flatMap(({ code, share }) => [
      code,
      classOf(share) ? OPACITY[classOf(share) - 1] : 0.3,
    ]),
    0,
  ]);
}

/** 0 out of reach, 1 some of it, 2 most of it, 3 all of it. */
export const classOf = (share) => REACH_STEPS.filter((from) => (share ?? 0) >= from).length;
