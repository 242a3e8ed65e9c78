/** Starts the worker of the map: it takes as long as all our modules, so it begins before they are there. */

import { prewarm, setWorkerUrl } from "maplibre-gl";

const address = document.querySelector('meta[name="map-worker"]')?.content;
if (address) setWorkerUrl(address);
prewarm();
