// The theme that was chosen here last, before anything is painted.
try {
	const theme = localStorage.getItem("theme");
	if (theme) document.documentElement.dataset.theme = theme;
} catch {
	// Storage may be forbidden: the system's theme, then.
}
