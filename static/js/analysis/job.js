/** The bar of a long reckoning: what is being done, how far it is, a button that stops it. */

import { $ } from "../dom.js";
import { percent } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { cancel } from "./reckon.js";

/** @returns {{begin, show: (job) => void, end}} */
export function openJob() {
  const [part, bar, step, said, stop] = [
    $("#job"),
    $("#job-bar"),
    $("#job-step"),
    $("#job-part"),
    $("#job-cancel"),
  ];
  let current = null;

  stop.addEventListener("click", async () => {
    if (!current) return;
    stop.disabled = true;
    step.textContent = t("analysis.stopping");
    try {
      await cancel(current);
    } catch (reason) {
      step.textContent = problemWords(reason);
      stop.disabled = false;
    }
  });

  return {
    begin() {
      current = null;
      part.hidden = true;
      stop.disabled = false;
      bar.value = 0;
    },
    show(job) {
      current = job;
      part.hidden = false;
      stop.hidden = job.mine === false; // whoever asked first may need it still
      if (stop.disabled) return; // it is being stopped
      const progress = job.progress ?? 0;
      bar.value = progress;
      step.textContent = job.state === "menunggu" ? t("analysis.waiting") : wordsOf(job);
      said.textContent = progress ? percent(progress) : "";
    },
    end() {
      current = null;
      part.hidden = true;
    },
  };
}

const wordsOf = ({ step }) => (step ? t("analysis.doing", { step }) : t("analysis.reckoning"));
