export const style = `
:root {
	color-scheme: light dark;
	--page: #eef1ee; --card: #fff; --line: #dde3de; --text: #17211b; --soft: #5f6f66;
	--accent: #12805c; --on-accent: #fff; --bubble: #d6f5c9; --chat: #f3ede4; --warn: #8a5300; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
	:root {
		--page: #0d1310; --card: #18211c; --line: #2b3831; --text: #e6ede8; --soft: #93a59a;
		--accent: #4cc79b; --on-accent: #06251a; --bubble: #1f4a38; --chat: #111814; --warn: #f0b65c; --bad: #ff8a80;
	}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header { background: var(--accent); color: var(--on-accent); padding: 1.1rem 1.5rem; }
header h1 { margin: 0; font-size: 1.35rem; }
header p { margin: .15rem 0 0; }
main { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(20rem, 1fr); gap: 1.25rem;
	max-width: 82rem; margin: 1.25rem auto; padding: 0 1.25rem; align-items: start; }
h2 { margin: 0 0 .6rem; font-size: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.1rem; margin-bottom: 1.25rem; }
.chats { display: grid; grid-template-columns: 17rem minmax(0, 1fr); height: 34rem; padding: 0; overflow: hidden; }
.list { overflow-y: auto; border-right: 1px solid var(--line); }
.chat { display: grid; grid-template-columns: 2.6rem 1fr auto; gap: .1rem .7rem; width: 100%; padding: .6rem .9rem;
	border: 0; border-bottom: 1px solid var(--line); background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.chat:hover, .chat[aria-pressed=true] { background: var(--page); }
.avatar { grid-row: span 2; width: 2.6rem; height: 2.6rem; border-radius: 50%; display: grid; place-items: center;
	background: var(--accent); color: var(--on-accent); font-weight: 600; }
.chat b, .last { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.last, .time, .hint { color: var(--soft); font-size: .85rem; }
.last { grid-column: span 2; }
.talk { display: flex; flex-direction: column; min-width: 0; }
.who { padding: .7rem 1rem; border-bottom: 1px solid var(--line); }
.bubbles { flex: 1; overflow-y: auto; padding: 1rem; background: var(--chat); display: flex; flex-direction: column; gap: .5rem; }
.bubble { align-self: flex-end; max-width: 80%; background: var(--bubble); border-radius: 10px 10px 2px 10px; padding: .5rem .75rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.bubble small { display: block; color: var(--soft); }
.bubble img { display: block; max-width: 14rem; max-height: 12rem; border-radius: 6px; margin-bottom: .3rem; }
.empty { margin: auto; color: var(--soft); text-align: center; padding: 1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem .9rem; margin: 0 0 .7rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
code, td { font-family: ui-monospace, monospace; font-size: .85rem; }
.row { display: flex; gap: .8rem; justify-content: space-between; align-items: center; padding: .35rem 0; border-top: 1px solid var(--line); }
.row:first-of-type { border-top: 0; }
.row select, .row input[type=number] { width: 11rem; flex: none; }
select, input, button.do { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: .25rem .5rem; }
button.do { cursor: pointer; margin: 0 .3rem .4rem 0; }
button.do:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
details summary { cursor: pointer; font-weight: 600; }
.scroll { overflow: auto; max-height: 20rem; }
table { border-collapse: collapse; width: 100%; }
td { padding: .2rem .6rem .2rem 0; white-space: nowrap; border-top: 1px solid var(--line); }
.bad { color: var(--bad); } .warn { color: var(--warn); }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 40rem) { .chats { grid-template-columns: minmax(0, 1fr); height: auto; } .list { max-height: 16rem; } .bubbles { min-height: 12rem; } }
`;
