/** An outside basemap under our own map, where a setting names one; else nothing outside is asked. */

const url = () => document.querySelector("[data-basemap]")?.dataset.basemap || null;

/** Sources of a style: none without the setting. */
export function basemapSources() {
  const address = url();
  if (!address) return {};
  // The page may ask one origin only: no numbered servers.
  return {
    basemap: { type: "raster", tiles: [address.replace("{s}.", "")], tileSize: 256, maxzoom: 19 },
  };
}

/** Layers of a style, to lie over the sea and under the villages. */
export const basemapLayers = () =>
  url() ? [{ id: "basemap", type: "raster", source: "basemap" }] : [];

/** How much of the villages' shade is left on top of it. */
export const shadeOpacity = () => (url() ? 0.62 : 1);

/** Whose it is, for the line of sources; null without one. */
export function basemapName() {
  const address = url();
  return address && new URL(address.replace("{s}.", "")).host;
}
