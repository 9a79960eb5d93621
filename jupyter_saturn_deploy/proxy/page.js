// Follows a deployment until it is ready, then shows it. Whatever comes from
// outside reaches the page as text.
"use strict";
const main = document.querySelector("main");
const { name, base } = main.dataset;
const api = `${base}saturn-deploy/api/`;
const part = (id) => document.getElementById(id);
const POSITIONS = { queued: 0, starting: 1, retrying: 1, running: 3 };
const LINES = 12;
let deployment = null;

const say = (id, text) => {
  const element = part(id);
  if (element.textContent !== text) {
    element.textContent = text;
  }
  element.hidden = !text;
};

async function ask(path, options = {}) {
  const response = await fetch(api + path, { cache: "no-store", ...options });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(
      problem.message || `The server answered ${response.status}`,
    );
  }
  return response;
}

function showSteps(instance) {
  const position = POSITIONS[instance?.state] ?? 0;
  [...part("steps").children].forEach((step, index) => {
    step.classList.toggle("done", index < position);
    if (index === position) {
      step.setAttribute("aria-current", "step");
    } else {
      step.removeAttribute("aria-current");
    }
  });
}

async function showLog(instance) {
  if (!instance) {
    say("log", "");
    return;
  }
  const id = encodeURIComponent(instance.id);
  const response = await fetch(`${api}runs/${id}/log`, {
    cache: "no-store",
    headers: { Range: "bytes=-4000" },
  });
  if (response.ok) {
    const text = (await response.text()).replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
    say("log", text.trimEnd().split(/\r?\n/).slice(-LINES).join("\n"));
  }
}

function show(state) {
  const { wanted, ready, sentence, advice, instances } = state;
  if (ready) {
    location.reload();
    return null;
  }
  const started = (instance) => instance.started_at ?? "";
  const [newest] = [...instances].sort((a, b) =>
    started(b).localeCompare(started(a)),
  );
  part("start").hidden = wanted;
  part("progress").hidden = !wanted && !advice;
  part("steps").hidden = !wanted;
  say(
    "state",
    wanted
      ? `It is not ready yet: ${newest?.sentence ?? sentence}.`
      : "It is stopped.",
  );
  say(
    "advice",
    advice ? [advice.sentence, advice.do].filter(Boolean).join("\n") : "",
  );
  showSteps(newest);
  return newest ?? null;
}

async function look() {
  try {
    const path = `recipes/deployment/${encodeURIComponent(name)}`;
    deployment = (await (await ask(path)).json()).state;
    const newest = show(deployment["x-jupyter"]);
    await showLog(newest);
  } catch (error) {
    say("state", String(error.message ?? error));
  }
  setTimeout(look, 1000);
}

part("start").addEventListener("click", async () => {
  const button = part("start");
  button.disabled = true;
  const [, token = ""] = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie) ?? [];
  try {
    await ask(`deployments/${encodeURIComponent(deployment.id)}/start`, {
      method: "POST",
      headers: { "X-XSRFToken": token },
    });
    button.hidden = true;
  } catch (error) {
    say("state", String(error.message ?? error));
  }
  button.disabled = false;
});

look();
