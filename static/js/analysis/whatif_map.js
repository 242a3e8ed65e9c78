/** Who gains and who loses under another plan, on the map: surely, perhaps, or nobody can tell. */

import { $, fill, notice } from "../dom.js";
import { t } from "../words.js";
import { showLegend } from "./legend.js";
import { middleOf, shapesOf } from "./shapes.js";

const CLASSES = {
  gain: { colour: "less", sure: true },
  maybe_gain: { colour: "maybe_less" },
  same: { colour: "none" },
  maybe_loss: { colour: "maybe_more" },
  loss: { colour: "more", sure: true },
  few: { colour: "unknown" },
};

/** @param changeWords of a change of a share, as text */
export function openWhatIfMap(ground, changeWords) {
  let drawn = new Map();
  ground.onHover((id) => {
    const one = drawn.get(id);
    $("#map-tip").hidden = !one;
    if (one) $("#map-tip").textContent = t("analysis.gain_tip", one);
  });

  /** Areas of the unit ("desa", "kecamatan") by what the plan changes there. */
  return async function show(unit, groups) {
    const named = new Map(groups.map((group) => [group.code, group]));
    const mine = (drawn = new Map());
    try {
      const shapes = await shapesOf({ unit });
      if (mine !== drawn) return;
      for (const { properties } of shapes) drawn.set(properties.id, shown(properties, named));
      await ground.showShapes(shapes);
      await ground.showClasses(drawn);
      await ground.showWords(
        shapes
          .map(({ properties: { id }, geometry }) => ({ id, geometry, ...drawn.get(id) }))
          .filter(({ sure }) => sure)
          .map(({ id, geometry, class: kind }) => ({
            id,
            point: middleOf(geometry),
            word: t(`analysis.gain_short.${kind}`),
          })),
      );
      legend(drawn);
    } catch {
      fill($("#trouble"), notice("bad", t("analysis.no_shapes")));
    }
  };

  function shown({ id, name }, named) {
    const group = named.get(id);
    const kind = group ? classOf(group.change) : "few";
    const words = group ? changeWords(group.change) : t("analysis.gain.few");
    return { name: group?.name ?? name ?? id, words, class: kind, ...CLASSES[kind] };
  }
}

function classOf({ by, sure }) {
  if (by === null) return "few";
  if (by === 0) return "same";
  if (by > 0) return sure ? "gain" : "maybe_gain";
  return sure ? "loss" : "maybe_loss";
}

/** Only what is there, and always what is usual. */
function legend(drawn) {
  const there = new Set(["same", ...[...drawn.values()].map((one) => one.class)]);
  showLegend(
    $("#legend"),
    t("analysis.legend.whatif"),
    Object.entries(CLASSES)
      .filter(([kind]) => there.has(kind))
      .map(([kind, one]) => ({ ...one, said: t(`analysis.gain.${kind}`) })),
  );
}
