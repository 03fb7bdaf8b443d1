// What Gradio leaves to the page: where the view rests, and names for buttons that show only a picture.
(() => {
	const zh = /^zh\b/i.test(navigator.language || "");

	// a new question goes to the top of the view and stays there while its answer grows, until the reader takes over
	let asked = 0;
	let follow = false;
	for (const act of ["wheel", "touchmove", "pointerdown", "keydown"]) {
		addEventListener(act, () => (follow = false), { passive: true, capture: true });
	}
	const rest = () => {
		const view = document.querySelector("#kb-chat .bubble-wrap");
		const questions = view ? view.getElementsByClassName("user-row") : [];
		if (questions.length > asked) follow = true;
		asked = questions.length;
		if (!follow || !asked) return;
		const question = questions[asked - 1];
		view.scrollTop += question.getBoundingClientRect().top - view.getBoundingClientRect().top - 6;
	};

	const names = [
		["#kb-ask .submit-button", zh ? "发送" : "Send"],
		["#kb-ask .stop-button", zh ? "停止" : "Stop"],
		["#kb-ask textarea", zh ? "您的问题" : "Your question"],
		["#kb-chat [role=log]", zh ? "对话" : "Conversation"],
	];
	const put = (element, name, value) => {
		if (element.getAttribute(name) !== value) element.setAttribute(name, value);
	};
	const label = () => {
		for (const [where, name] of names) {
			for (const element of document.querySelectorAll(where)) put(element, "aria-label", name);
		}
		for (const fold of document.querySelectorAll("#kb-chat .thought-group > [role=button]")) {
			put(fold, "aria-expanded", String(fold.parentElement.children.length > 1));
			for (const arrow of fold.querySelectorAll(".arrow button")) {
				put(arrow, "tabindex", "-1");
				put(arrow, "aria-hidden", "true");
			}
		}
	};

	// Gradio runs this when the page stands. Once a frame: to ask where something stands makes the browser lay it out
	let due = false;
	const settle = () => {
		due = false;
		label();
		rest();
	};
	new MutationObserver(() => {
		if (!due) requestAnimationFrame(settle);
		due = true;
	}).observe(document.body, { childList: true, subtree: true });
	label();
})();
