// The game page: sends a spin, turns the reels to what came back, and shows the calls that were made for it.

import { formatAmount, formatMoney } from "./money.js";

const SYMBOLS = ["cherry", "lemon", "clover", "bell", "star", "seven", "diamond", "crown"];
const STEP = 80;
const COLUMN_PAUSE = 260;
const POLL_PAUSE = 1000;

const game = document.getElementById("game");
const { mode, spin: spinAddress, state: stateAddress, currency, language } = game.dataset;
const find = (id) => document.getElementById(id);
const cells = [...document.querySelectorAll(".cell")];
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const money = (amount) => formatMoney(amount, language, currency);

let balance = game.dataset.balance;
let isOver = false;

document.documentElement.style.setProperty("--hue", game.dataset.hue);
for (const name of SYMBOLS) new Image().src = `/static/symbols/${name}.svg`;

function say(text, kind = "") {
  find("message").textContent = text;
  find("message").className = `message ${kind}`;
}

function showBalance(amount) {
  balance = amount;
  find("balance").textContent = money(amount);
}

function setBusy(isBusy) {
  find("spin").disabled = isBusy || isOver;
  find("stakes").disabled = isOver;
  game.classList.toggle("busy", isBusy);
}

function setSymbol(cell, symbol) {
  const picture = cell.firstElementChild;
  picture.src = `/static/symbols/${symbol}.svg`;
  picture.alt = symbol;
}

function startReels() {
  for (const cell of cells) cell.classList.remove("winning", "crowned");
  if (isStill()) return () => {};
  for (const cell of cells) cell.classList.add("turning");
  const timer = setInterval(() => {
    for (const cell of cells) {
      if (cell.classList.contains("turning")) setSymbol(cell, SYMBOLS[Math.floor(Math.random() * SYMBOLS.length)]);
    }
  }, STEP);
  return () => clearInterval(timer);
}

async function stopReels(symbols, stop) {
  for (const column of [0, 1, 2]) {
    if (!isStill()) await pause(COLUMN_PAUSE);
    for (const row of [0, 1, 2]) {
      const number = row * 3 + column;
      cells[number].classList.remove("turning");
      setSymbol(cells[number], symbols[number]);
    }
  }
  stop();
}

function markWins(spin) {
  for (const win of spin.line_wins) for (const number of win.cells) cells[number].classList.add("winning");
  const crowns = cells.filter((_, number) => spin.cells[number] === "crown");
  if (crowns.length >= 3) for (const cell of crowns) cell.classList.add("crowned");
}

function describeWins(spin) {
  const texts = spin.line_wins.map((win) => {
    const amount = spin.line_wins.length > 1 ? `, ${money(win.amount)}` : "";
    return `${win.line}: ${win.cells.length} × ${win.symbol}${amount}`;
  });
  return texts.join(" · ");
}

// The first spin is turning already; the others are free spins of the same round.
async function showSpins(report, stop) {
  const last = report.spins.length - 1;
  for (const [number, spin] of report.spins.entries()) {
    if (number) {
      say(`Free spin ${number} of ${last}`, "good");
      await pause(isStill() ? 0 : 500);
      stop = startReels();
    }
    await stopReels(spin.cells, stop);
    markWins(spin);
    if (last) await pause(isStill() ? 0 : 900);
  }
}

function sayOutcome(report) {
  const [first, ...free] = report.spins;
  const bonus = free.length ? `${free.length} free spins. ` : "";
  if (!Number(report.won)) say(`${bonus}No win this time.`);
  else say(`${bonus}You won ${money(report.won)}${free.length ? "" : ` – ${describeWins(first)}`}.`, "good");
}

function showState(state) {
  showBalance(state.balance);
  find("free-spins").hidden = !state.free_spins;
  find("free-spins").textContent = `A present: ${state.free_spins} free ${state.free_spins === 1 ? "spin" : "spins"} left`;
  find("calls").replaceChildren(...state.calls.toReversed().map(describeCall));
}

function describeCall(call) {
  const row = document.createElement("tr");
  const texts = [call.label, call.transaction_id || "–", call.code, call.milliseconds];
  for (const text of texts) row.insertCell().textContent = text;
  const time = document.createElement("time");
  time.textContent = `${call.at} UTC`;
  row.cells[0].append(time);
  row.cells[1].className = "id";
  row.cells[2].className = call.code === "OK" ? "code ok" : "code not-ok";
  row.title = call.message;
  return row;
}

async function request(address, options) {
  const response = await fetch(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.description || answer.title);
  return answer;
}

function order(stake) {
  const headers = { "Content-Type": "application/json" };
  return request(spinAddress, { method: "POST", headers, body: JSON.stringify({ stake }) });
}

async function waitUntilSettled() {
  let isSettling = true;
  while (isSettling) {
    await pause(POLL_PAUSE);
    const state = await request(stateAddress).catch(() => null);
    if (state) showState(state);
    isSettling = !state || state.settling;
  }
  say("Settled: the casino has confirmed everything.", "good");
}

// Reels that were started for nothing stop at what they showed before.
async function spin(stake) {
  const before = cells.map((cell) => cell.firstElementChild.alt);
  const stop = startReels();
  const standStill = () => stopReels(before, stop);
  try {
    return { ...(await order(stake)), stop, standStill };
  } catch (error) {
    await standStill();
    say(error.message, "bad");
    return null;
  }
}

async function playReal(stake) {
  const answer = await spin(stake);
  if (!answer) return;
  const { report, state, stop, standStill } = answer;
  find("round-id").textContent = report.round_id;
  if (report.status === "played") {
    await showSpins(report, stop);
    sayOutcome(report);
  } else {
    await standStill();
    isOver = report.over;
  }
  showState(state);
  if (report.message) say(report.message, report.status === "played" ? "waiting" : "bad");
  if (state.settling) await waitUntilSettled();
}

async function openReal() {
  const state = await request(stateAddress);
  showState(state);
  if (!state.settling) return;
  setBusy(true);
  say("An earlier round is still being settled with the casino.", "waiting");
  await waitUntilSettled();
  setBusy(false);
}

async function playForFun(stake) {
  if (Number(stake) > Number(balance)) {
    say("Your play money does not cover this stake. Reload the page for more.", "bad");
    return;
  }
  const answer = await spin(stake);
  if (!answer) return;
  const { report, stop } = answer;
  showBalance((Number(balance) - Number(stake)).toFixed(2));
  await showSpins(report, stop);
  showBalance((Number(balance) + Number(report.won)).toFixed(2));
  sayOutcome(report);
}

find("desk").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (find("spin").disabled) return;
  const stake = new FormData(event.target).get("stake");
  setBusy(true);
  say("Good luck!");
  await (mode === "real" ? playReal(stake) : playForFun(stake));
  setBusy(false);
  if (document.activeElement === document.body) find("spin").focus();
});

for (const stake of document.querySelectorAll(".stake")) {
  stake.lastElementChild.textContent = formatAmount(stake.firstElementChild.value, language);
}
showBalance(balance);
if (mode === "real") await openReal();
