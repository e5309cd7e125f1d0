// Says in words what was held to a reader and what came of it.

import { hasText, t } from "./texts.js";

/** What was shown: the name of a code that the board made, or that it was scanned. */
export function labelOf({ kind }) {
  return t(kind ? `board.code.${kind}` : "board.code.pasted");
}

/**
 * What came of it: `title`, then in `sense` what was wrong with a code that could not be read, and
 * in `advice` what the worker is told to do. Both are empty where there is nothing to say.
 */
export function answerOf({ answer, reason, fault }) {
  if (answer === "granted") {
    return { title: t("entry.granted"), sense: "", advice: t("entry.granted.advice") };
  }
  if (answer !== "refused") return { title: t(`board.answer.${answer}`), sense: "", advice: "" };
  const known = hasText(`denial.${reason}.title`) ? reason : "unknown";
  return {
    title: t(`denial.${known}.title`),
    sense: fault && hasText(`fault.${fault}`)
      ? t("board.answer.fault", { fault: t(`fault.${fault}`) }) : "",
    advice: t(`denial.${known}.advice`),
  };
}
