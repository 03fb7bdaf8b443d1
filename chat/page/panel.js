// Runs in the panel's own element; `element`, `trigger`, `watch` and `server` are Gradio's.
// A control that was set is sent once the page is free; what comes back is the panel of the new answer.
const dirty = new Set();
let last = "";
let timer = 0;

const controls = () => [...element.querySelectorAll("[name][data-now]")];

const send = () => {
	if (!document.querySelector("#kb-ask .submit-button")) {
		timer = setTimeout(send, 100);
		return;
	}
	const texts = {};
	for (const control of controls()) {
		const moved = control.value.trim() !== control.dataset.now;
		if (dirty.has(control.name) && moved) texts[control.name] = control.value;
	}
	dirty.clear();
	if (Object.keys(texts).length) trigger("submit", { texts });
};
const soon = () => {
	clearTimeout(timer);
	timer = setTimeout(send, 200); // arrow keys run through a list
};

element.addEventListener("input", (event) => {
	const control = event.target;
	if (!control.name) return;
	dirty.add(control.name);
	last = control.name;
	// taken from the list of names, where no change event follows
	if (control.list && !(event.inputType || "").match(/^(insertText|delete|insertComposition)/)) soon();
});
element.addEventListener("change", (event) => {
	if (!event.target.name) return;
	dirty.add(event.target.name);
	last = event.target.name;
	soon();
});

// what is unfolded stays so when the panel is drawn anew
const show = () => {
	for (const toggle of element.querySelectorAll("[data-toggle]")) {
		toggle.setAttribute("aria-expanded", String(element.dataset[toggle.dataset.toggle] === "1"));
	}
};
element.addEventListener("click", (event) => {
	const toggle = event.target.closest("[data-toggle]");
	if (!toggle) return;
	const name = toggle.dataset.toggle;
	element.dataset[name] = element.dataset[name] === "1" ? "" : "1";
	show();
});
element.addEventListener("keydown", (event) => {
	if (event.key !== "Escape" || element.dataset.open !== "1") return;
	element.dataset.open = "";
	show();
	element.querySelector("[data-toggle=open]").focus();
});

watch("value", () => {
	for (const control of controls()) {
		const wrong = control.getAttribute("aria-invalid");
		if (!wrong && !dirty.has(control.name)) control.value = control.dataset.now;
	}
	show();
	// rows move when a fact is added: the focus follows its own control
	const focused = document.activeElement;
	const own = last && element.querySelector(`[name="${last}"]`);
	if (own && focused !== own && (focused === document.body || (element.contains(focused) && focused.name))) {
		own.focus({ preventScroll: true });
	}
});

// ── links under an answer ──
document.addEventListener("click", async (event) => {
	const link = event.target.closest && event.target.closest("a.kb-link, a.kb-pdf");
	if (!link || event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	if (link.matches(".kb-link")) {
		history.replaceState(null, "", link.href);
		const words = link.textContent;
		try {
			await navigator.clipboard.writeText(link.href);
			link.textContent = link.dataset.done;
			setTimeout(() => (link.textContent = words), 2000);
		} catch {
			// no clipboard without https: the address bar has the link
		}
		return;
	}
	link.setAttribute("aria-busy", "true");
	const language = link.closest("[lang]")?.lang.startsWith("zh") ? "zh" : "en";
	const made = await server.pdf({ from: link.dataset.from, language });
	link.removeAttribute("aria-busy");
	if (made.path) {
		const file = document.createElement("a");
		file.href = "gradio_api/file=" + made.path.split("/").map(encodeURIComponent).join("/");
		file.download = made.path.split("/").pop();
		file.click();
	} else {
		const why = document.createElement("p");
		why.className = "kb-note";
		why.setAttribute("role", "alert");
		why.textContent = made.why;
		link.parentElement.after(why);
		link.remove();
	}
});
