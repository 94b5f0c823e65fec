"use strict";
(() => {
    const note = document.getElementById("live");

    /* Charts: their numbers are in the page as tables, which is how they are read without a script. */
    const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const plots = [];
    const draw = figure => {
        const place = figure.querySelector(".plot");
        const rows = [...figure.querySelectorAll("tbody tr")];
        if (!place || rows.length < 2) {
            return;
        }
        const times = rows.map(row => Date.parse(row.dataset.time) / 1000);
        const column = index => rows.map(row => Number(row.children[index].dataset.value));
        const clock = (plot, splits) => splits.map(at => new Date(at * 1000).toISOString().slice(11, 16));
        const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
        const line = (label, name, dash) => ({ label, stroke: colour(name), width: 2, dash, points: { show: false } });
        place.replaceChildren();
        plots.push({ figure, plot: new uPlot({
            width: place.clientWidth, height: 180, series: [{ label: "UTC" }, line("in", "--accent"), line("out", "--warn", [6, 3])],
            legend: { show: false }, cursor: { show: false },
            axes: [{ ...axis, values: clock }, { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000, 50000, 100000] }],
            scales: { y: { range: (plot, low, high) => [0, Math.max(5, high * 1.1)] } },
        }, [times, column(1), column(2)], place) });
    };
    const drawAll = () => {
        plots.splice(0).forEach(each => each.plot.destroy());
        if (window.uPlot) {
            document.querySelectorAll("figure.chart").forEach(draw);
        }
    };
    const fit = () => plots.forEach(each =>
        each.plot.setSize({ width: each.figure.querySelector(".plot").clientWidth, height: 180 }));
    addEventListener("resize", fit);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    drawAll();

    /* All boxes of a table by one. */
    document.addEventListener("change", event => {
        const all = event.target;
        if (all.matches("input[data-all]")) {
            all.form.querySelectorAll("input[type=checkbox][name=" + all.dataset.all + "]").forEach(box => { box.checked = all.checked; });
        }
    });

    /* When a site has written its status, the page asks for itself and puts the new numbers in. */
    const renew = async () => {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!answer.ok) {
            return;
        }
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        let hasCharts = false;
        document.querySelectorAll("[data-live]").forEach(old => {
            const next = fresh.getElementById(old.id);
            if (next && !old.contains(document.activeElement)) {
                const open = [...old.querySelectorAll("details")].map(each => each.open);
                old.replaceWith(document.adoptNode(next));
                next.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
                hasCharts = hasCharts || next.querySelector("figure.chart") !== null;
            }
        });
        if (hasCharts) {
            drawAll();
        }
        const time = fresh.querySelector("footer time");
        if (time) {
            document.querySelector("footer time").replaceWith(document.adoptNode(time));
        }
    };
    if (document.querySelector("[data-live]") && window.EventSource) {
        const events = new EventSource("/live");
        let isBroken = false;
        events.addEventListener("open", () => {
            note.textContent = "live";
            if (isBroken) {
                isBroken = false;
                renew().catch(() => {});
            }
        });
        events.addEventListener("error", () => { isBroken = true; note.textContent = "the console does not answer; numbers as of the time before"; });
        events.addEventListener("changed", () => { renew().catch(() => {}); });
        addEventListener("pagehide", () => events.close());
    }
})();
