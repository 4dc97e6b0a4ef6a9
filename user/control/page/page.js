// SPDX-License-Identifier: BSD-2-Clause
// Asks for status.json now and then, and draws what changed in between.
"use strict";
(() => {
const POLL_MS = 2000, KEPT = 1800 * 1000 / POLL_MS, MARGIN = 46;
const samples = [];	// {time, paths, hits, latency, rcodes, blocked}: what charts show, newest last
let before = null, span = 300, paused = false, failed = 0;
const el = id => document.getElementById(id);
const sum = object => Object.values(object || {}).reduce((a, b) => a + b, 0);

// --- from counts to what happened between two of them ---

// Counters begin anew with a new process.
const grown = (now, then) => now >= then ? now - then : now;

function differences(now, then) {
	const result = {};
	for (const key in now)
		result[key] = grown(now[key], (then || {})[key] || 0);
	return result;
}

// Buckets of all transports together: what took at most 2^i microseconds.
function tookBetween(now, then) {
	const total = [];
	for (const key in now)
		now[key].buckets.forEach((count, i) => {
			total[i] = (total[i] || 0) + grown(count, ((then || {})[key] || {buckets: []}).buckets[i] || 0);
		});
	return total;
}

// In seconds; null: nothing took any time.
function quantile(buckets, share) {
	const all = buckets.reduce((a, b) => a + b, 0);
	let left = all * share;
	for (let i = 0; all && i < buckets.length; i++) {
		if (left <= buckets[i]) {
			const low = i ? 2 ** (i - 1) : 0, high = 2 ** i;
			return (low + (high - low) * (buckets[i] ? left / buckets[i] : 1)) / 1e6;
		}
		left -= buckets[i];
	}
	return null;
}

function sampleOf(now, then) {
	const seconds = Math.max((now.asked - then.asked) / 1000, 0.1);
	const kernel = differences(now.stats.kernel_packets, then.stats.kernel_packets);
	const queries = differences(now.stats.server_queries, then.stats.server_queries);
	const hits = sum(differences(now.stats.server_table_hits, then.stats.server_table_hits));
	const rcodes = differences(now.stats.server_rcodes, then.stats.server_rcodes);
	const resolved = tookBetween(now.stats.server_resolved_reply_seconds,
		then.stats.server_resolved_reply_seconds);
	const stored = tookBetween(now.stats.server_table_reply_seconds, then.stats.server_table_reply_seconds);
	const events = differences(now.stats.kernel_events, then.stats.kernel_events);
	const blocked = grown(now.stats.server_blocked, then.stats.server_blocked);
	const answers = Object.keys(kernel).filter(key => now.kernel_groups[key] === "reply");
	const inKernel = answers.reduce((total, key) => total + kernel[key], 0);
	const all = inKernel + sum(queries);
	const paths = {kernel: inKernel, ...queries};

	const ofKernel = {NXDOMAIN: "answered_nxdomain", SERVFAIL: "answered_error", REFUSED: "refused"};
	let positive = inKernel;
	for (const rcode in ofKernel) {
		rcodes[rcode] = (rcodes[rcode] || 0) + (kernel[ofKernel[rcode]] || 0);
		positive -= kernel[ofKernel[rcode]] || 0;
	}
	rcodes.NOERROR = (rcodes.NOERROR || 0) + positive;
	rcodes.other = (rcodes.other || 0) + (rcodes.FORMERR || 0) + (rcodes.NOTIMP || 0);
	const rate = object => Object.fromEntries(Object.entries(object).map(([key, n]) => [key, n / seconds]));
	const {NOERROR, NXDOMAIN, SERVFAIL, REFUSED, other} = rcodes;
	return {
		time: now.asked,
		paths: rate(paths),
		hits: all ? {"by the kernel": inKernel / all, "by kernel or table": (inKernel + hits) / all} : {},
		latency: {
			"resolved, half": quantile(resolved, .5), "resolved, 99 %": quantile(resolved, .99),
			"from the table, 99 %": quantile(stored, .99),
		},
		rcodes: rate({NOERROR, NXDOMAIN, SERVFAIL, REFUSED, other}),
		blocked: rate({"by the kernel": events.blocked || 0, "by userspace": blocked}),
	};
}

// --- numbers for people ---

const plain = n => n >= 1e6 ? (n / 1e6).toPrecision(3) + " M" : n >= 1e4 ? (n / 1e3).toPrecision(3) + " k" :
	n >= 100 || Number.isInteger(n) ? n.toFixed(0) : n.toPrecision(2);
const counted = (n, one, many = one + "s") => plain(n) + " " + (n === 1 ? one : many);
const percent = n => (n * 100).toFixed(n > .995 && n < 1 ? 2 : n && n < 1 ? 1 : 0) + " %";
const time = s => s >= 1 ? s.toPrecision(3) + " s" : s >= 1e-3 ? (s * 1e3).toPrecision(3) + " ms" :
	Math.round(s * 1e6) + " µs";

function duration(s) {
	const days = Math.floor(s / 86400), hours = Math.floor(s / 3600) % 24, minutes = Math.floor(s / 60) % 60;
	return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : `${minutes} min ${s % 60} s`;
}

// --- charts ---

function node(name, attributes, text) {
	const made = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const key in attributes)
		made.setAttribute(key, attributes[key]);
	if (text !== undefined)
		made.textContent = text;
	return made;
}

const niceAbove = n => {
	const step = 10 ** Math.floor(Math.log10(n || 1));
	return [1, 2, 5, 10].map(k => k * step).find(k => k >= n) || 10 * step;
};

class Chart {
	constructor(id, options) {
		this.key = id;
		this.options = options;
		this.at = null;	// index from the newest, under the cursor
		this.title = el(id).querySelector("h2").textContent;
		this.plot = node("svg", {class: "plot", role: "img", tabindex: 0});
		this.legend = document.createElement("ul");
		this.legend.className = "legend";
		el(id).append(this.plot, this.legend);
		this.plot.addEventListener("pointermove", event => this.point(event));
		this.plot.addEventListener("pointerleave", () => this.move(null));
		this.plot.addEventListener("blur", () => this.move(null));
		this.plot.addEventListener("keydown", event => {
			const step = {ArrowLeft: 1, ArrowRight: -1, PageUp: 10, PageDown: -10}[event.key];
			if (step) {
				event.preventDefault();
				this.move(Math.min(Math.max((this.at || 0) + step, 0), this.shown.length - 1));
			} else if (event.key === "Escape") {
				this.move(null);
			}
		});
	}
	point(event) {
		const box = this.plot.getBoundingClientRect(), ago = (box.right - event.clientX) / (box.width - MARGIN);
		if (this.shown.length)
			this.move(Math.min(Math.max(Math.round(ago * span * 1000 / POLL_MS), 0), this.shown.length - 1));
	}
	move(at) {
		this.at = at;
		this.draw();
	}
	names() {
		const found = [];
		for (const sample of this.shown)
			for (const name in sample[this.key])
				if (!found.includes(name))
					found.push(name);
		return found;
	}
	// Where a value stands, from 0 at the bottom to 1.
	height(value, top) {
		if (!this.options.log)
			return value / top;
		return Math.max(Math.log10(value / 1e-6) / Math.log10(top / 1e-6), 0);
	}
	draw() {
		const now = samples.length ? samples[samples.length - 1].time : 0;
		this.shown = samples.filter(sample => sample.time >= now - span * 1000);
		const names = this.names(), {stack, log, format} = this.options;
		const width = this.plot.clientWidth || 600, height = this.plot.clientHeight || 176;
		const x = sample => width - (now - sample.time) / (span * 1000) * (width - MARGIN);
		let top = this.options.top || 0;
		if (!top)
			for (const sample of this.shown)
				top = Math.max(top, stack ? sum(sample[this.key]) : Math.max(...Object.values(sample[this.key])));
		top = this.options.top || (log ? 10 ** Math.ceil(Math.log10(Math.max(top, 1e-5))) : niceAbove(top));
		const y = value => height - 18 - this.height(value, top) * (height - 28);
		this.plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
		this.plot.replaceChildren();
		this.grid(width, height, top, y);
		if (this.shown.length < 2)
			this.plot.append(node("text", {x: MARGIN + 12, y: height / 2 - 8, class: "empty"}, "the first numbers come in a few seconds"));
		const floor = this.shown.map(() => 0);
		names.forEach((name, number) => {
			const style = "s" + number % 6;
			if (stack) {
				const low = this.shown.map((sample, i) => `${x(sample)},${y(floor[i])}`).reverse();
				const high = this.shown.map((sample, i) => {
					floor[i] += sample[this.key][name] || 0;
					return `${x(sample)},${y(floor[i])}`;
				});
				this.plot.append(node("polygon", {class: "area " + style, points: high.concat(low).join(" ")}));
				return;
			}
			let path = "", drawn = false;
			for (const sample of this.shown) {
				const value = sample[this.key][name];
				if (value !== null && value !== undefined)
					path += `${drawn ? "L" : "M"}${x(sample)},${y(value)}`;
				drawn = value !== null && value !== undefined;
			}
			this.plot.append(node("path", {class: "wave " + style, d: path || "M0,0"}));
		});
		const one = this.shown[this.shown.length - 1 - (this.at || 0)];
		if (one && this.at !== null)
			this.plot.append(node("line", {class: "cursor", x1: x(one), x2: x(one), y1: 0, y2: height - 18}));
		this.explain(names, one, now, format);
	}
	grid(width, height, top, y) {
		const marks = this.options.log ? [1e-6, 1e-4, 1e-2, 1].filter(mark => mark <= top) : [0, top / 2, top];
		for (const mark of marks) {
			this.plot.append(node("line", {class: "grid", x1: MARGIN, x2: width, y1: y(mark), y2: y(mark)}));
			this.plot.append(node("text", {x: MARGIN - 4, y: y(mark) + 4, "text-anchor": "end"}, this.options.format(mark)));
		}
		for (const [place, anchor, ago] of [[MARGIN, "start", span], [(MARGIN + width) / 2, "middle", span / 2], [width, "end", 0]])
			this.plot.append(node("text", {x: place, y: height - 3, "text-anchor": anchor},
				ago ? (ago >= 120 ? `${ago / 60} min` : `${ago} s`) + " ago" : "now"));
	}
	explain(names, one, now, format) {
		const values = one ? one[this.key] : {};
		this.legend.replaceChildren(...names.map((name, number) => {
			const item = document.createElement("li"), swatch = document.createElement("i");
			swatch.className = "s" + number % 6;
			const value = values[name];
			item.append(swatch, `${name}: ${value === null || value === undefined ? "–" : format(value)}`);
			return item;
		}));
		const ago = one && this.at !== null ? `, ${Math.round((now - one.time) / 1000)} s ago` : "";
		this.plot.setAttribute("aria-label", `${this.title}${ago}: ${this.legend.textContent}`);
		if (ago)
			this.legend.append(`(${ago.slice(2)})`);
	}
}

const charts = [
	new Chart("paths", {stack: true, format: plain}),
	new Chart("hits", {top: 1, format: percent}),
	new Chart("latency", {log: true, format: time}),
	new Chart("rcodes", {stack: true, format: plain}),
	new Chart("blocked", {stack: true, format: plain}),
];

// --- the rest of the page ---

function tile(name, value, bad) {
	const made = document.createElement("div"), term = document.createElement("dt"), text = document.createElement("dd");
	made.className = bad ? "bad" : "";
	term.textContent = name;
	text.textContent = value;
	made.append(term, text);
	return made;
}

function row(cells, bad) {
	const made = document.createElement("tr");
	for (const [i, cell] of cells.entries()) {
		const data = document.createElement("td");
		data.textContent = cell;
		if (bad && (i === 2 || i === 3)) // state and why
			data.className = "bad";
		made.append(data);
	}
	return made;
}

function item(text) {
	const made = document.createElement("li");
	made.textContent = text;
	return made;
}

function occupancy(name, used, room) {
	const made = document.createElement("li"), label = document.createElement("span");
	const meter = document.createElement("meter"), numbers = document.createElement("span");
	label.textContent = name;
	meter.max = room;
	meter.value = used;
	numbers.textContent = `${plain(used)} of ${plain(room)}`;
	meter.setAttribute("aria-label", `${name}: ${numbers.textContent}`);
	made.append(label, meter, numbers);
	return made;
}

// What local policy has decided so far, and how much it knows.
function policyOf(stats) {
	const lists = Object.entries(stats["blocklist_names"] || {}).map(([name, names]) => `${name}: ${counted(names, "name")}`);
	const decided = Object.entries(stats.server_rpz_actions).filter(([, count]) => count)
		.map(([action, count]) => `response policy zones, ${action}: ${counted(count, "decision")}`);
	const blocked = (stats.kernel_events || {}).blocked || 0;
	return [`${counted(blocked + stats.server_blocked, "answer")} blocked, ${plain(blocked)} of them by the kernel`,
		...decided, ...lists];
}

function show(status) {
	const stats = status.stats, newest = samples[samples.length - 1];
	const degraded = status.interfaces.filter(one => one.degraded_since);
	el("version").textContent = status.version;
	el("tiles").replaceChildren(
		tile("questions per second", newest ? plain(sum(newest.paths)) : "…"),
		tile("answered by the kernel", newest && newest.hits["by the kernel"] !== undefined ?
			percent(newest.hits["by the kernel"]) : "–"),
		tile("resolved, 99 %", newest && newest.latency["resolved, 99 %"] !== null ?
			time(newest.latency["resolved, 99 %"]) : "–"),
		tile("resolver processes", stats.resolver_processes, stats.resolver_processes < 2),
		tile("interfaces degraded", degraded.length, degraded.length),
		tile("up for", duration(status.uptime_seconds)));
	el("interfaces").replaceChildren(...status.interfaces.map(one => row([one.name, one.mode, one.state, one.reason,
		one.egress || "–", one.misses || "–", one.queues === undefined ? "–" : one.queues], one.degraded_since)));
	if (!status.xdp)
		el("interfaces").replaceChildren(row(["–", "sockets", "off", "XDP is not used", "–", "–", "–"]));
	el("table").replaceChildren(...Object.keys(stats.table_records).map(name =>
		occupancy(name, stats.table_records[name], stats.table_capacity_records[name])));
	el("turnover").textContent = `${counted(stats.table_stored, "record")} stored, ${plain(stats.table_evicted)} in place ` +
		`of others; ${Math.round(stats.table_bytes / 1e6)} MB, epoch ${stats.table_epoch}`;
	el("policy").replaceChildren(...policyOf(stats).map(item));
	el("asked").hidden = !status.top;
	for (const list of status.top ? ["names", "zones", "clients"] : [])
		el("asked-" + list).replaceChildren(...status.top[list].map(one =>
			item(`${one.of}: ${percent(one.share)}, some ${counted(one.questions, "question")}`)));
	el("resolvers").replaceChildren(...status.resolvers.map(item));
	el("failures").textContent = `${counted(stats.resolver_submitted, "question")}, ${plain(stats.resolver_servfail)} SERVFAIL ` +
		`(${plain(stats.resolver_bogus)} bogus); ${counted(stats.resolver_process_ends, "process", "processes")} ended, of them ` +
		`${stats.resolver_process_hangs} since they hung`;
	if (el("all").parentElement.open)
		el("all").textContent = JSON.stringify(status, null, 1);
	charts.forEach(chart => chart.draw());
}

function say(text, bad) {
	el("state").textContent = text;
	el("state").className = bad ? "bad" : "";
}

async function ask() {
	const token = sessionStorage.getItem("token");
	const reply = await fetch("status.json", {cache: "no-store", headers: token ? {Authorization: "Bearer " + token} : {}});
	el("ask").hidden = reply.status !== 401;
	if (reply.status === 401)
		throw new Error(token ? "the token is not the right one" : "a token is needed");
	if (!reply.ok)
		throw new Error("status " + reply.status);
	const status = await reply.json();
	status.asked = performance.now();
	return status;
}

async function step() {
	if (!paused && !document.hidden) {
		try {
			const now = await ask();
			if (before)
				samples.push(sampleOf(now, before));
			if (samples.length > KEPT)
				samples.shift();
			before = now;
			failed = 0;
			show(now);
			say("live");
		} catch (error) {
			failed++;
			say(`no numbers: ${error.message}`, true);
		}
	}
	setTimeout(step, POLL_MS * Math.min(1 + failed, 5));
}

for (const button of document.querySelectorAll("[data-span]"))
	button.addEventListener("click", () => {
		span = Number(button.dataset.span);
		for (const other of document.querySelectorAll("[data-span]"))
			other.setAttribute("aria-pressed", other === button);
		charts.forEach(chart => chart.draw());
	});
el("pause").addEventListener("click", () => {
	paused = !paused;
	el("pause").setAttribute("aria-pressed", paused);
	say(paused ? "paused" : "live");
});
el("ask").addEventListener("submit", event => {
	event.preventDefault();
	sessionStorage.setItem("token", el("token").value);
	el("token").value = "";
	el("ask").hidden = true;
});
addEventListener("resize", () => charts.forEach(chart => chart.draw()));
charts.forEach(chart => chart.draw());
step();
})();
