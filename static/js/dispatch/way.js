/** The way of a unit to the chosen incident: its road where the server has one, else a straight line. */

import { get } from "../api.js";

export function openWay({ board, ground }) {
  let asked = 0;

  /** Draw it, or take it away where either is null. */
  async function show(unitId, incidentId) {
    if (!ground) return;
    const unit = board().units.get(unitId);
    const incident = board().incidents.get(incidentId);
    ground.chooseUnit(unitId ?? null);
    const number = ++asked;
    if (!unit?.geometry || !incident?.geometry) return ground.showWay(null);
    const straight = [unit.geometry.coordinates, incident.geometry.coordinates];
    const held = unit.properties.assignment;
    if (held?.incident !== incidentId) return ground.showWay(straight, { crow: true });
    const way = await get(`/api/assignments/${held.id}/way`).catch(() => null);
    if (number !== asked) return;
    const line = way?.course?.coordinates;
    // A course for want of a road is a straight line, too.
    return line && way.basis?.startsWith("jalan")
      ? ground.showWay(line)
      : ground.showWay(straight, { crow: true });
  }

  return { show };
}
