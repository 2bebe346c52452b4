// Questions before and after, if the plan has some: optional, sent once, kept with the people and not in the ledger.

import { app, reason } from "./app.js";
import { h } from "./dom.js";
import { ask } from "./net.js";
import { say, tr } from "./words.js";

const KEPT = "ecomarket.survey.";
const given = { before: {}, after: {} };
let problem = "";

const isDone = (when) => sessionStorage.getItem(KEPT + when) === app.seat.token;

/** The questions of `when` ("before" or "after"), or a word of thanks. */
export function surveyView(when) {
  const questions = app.room.static.survey || [];
  if (!questions.length) return null;
  if (isDone(when)) return h("p", { class: "hint", "data-key": `survey-${when}` }, tr("survey_done"));
  const answers = given[when];
  return h("section", { class: "card", "data-key": `survey-${when}` }, h("h2", {}, tr("survey_title")), questions.map((question) => questionView(question, answers)),
    problem && h("p", { class: "note bad", role: "alert" }, problem),
    h("button", { class: "primary", disabled: !Object.keys(answers).length, onclick: () => send(when) }, tr("survey_go")));
}

function questionView(question, answers) {
  const id = `ask-${question.code}`;
  return h("div", { class: "answers", role: "group", "aria-labelledby": id, "data-key": id }, h("p", { id }, say(question.ask)),
    question.answers.map((answer, n) => h("button", { class: answers[question.code] === n ? "chosen" : "", "aria-pressed": answers[question.code] === n ? "true" : "false",
      onclick: () => { answers[question.code] = n; app.draw(); } }, say(answer))));
}

async function send(when) {
  const { status, body } = await ask("/api/v1/survey", { body: { when, answers: given[when] }, token: app.seat.token });
  problem = status === 200 ? "" : status ? reason(body) : tr("no_server");
  if (status === 200) sessionStorage.setItem(KEPT + when, app.seat.token);
  app.draw();
}
