export const style = `
:root {
	color-scheme: light dark;
	--page: #eef1ee; --card: #fff; --line: #dde3de; --text: #17211b; --soft: #5f6f66;
	--accent: #12805c; --on-accent: #fff; --bubble: #d6f5c9; --answer: #fff; --chat: #f3ede4; --read: #0a6ebd; --warn: #8a5300; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
	:root {
		--page: #0d1310; --card: #18211c; --line: #2b3831; --text: #e6ede8; --soft: #93a59a;
		--accent: #4cc79b; --on-accent: #06251a; --bubble: #1f4a38; --answer: #232f29; --chat: #111814; --read: #6cb8ff; --warn: #f0b65c; --bad: #ff8a80;
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
.chats { display: grid; grid-template: minmax(0, 1fr) / 17rem minmax(0, 1fr); height: 38rem; padding: 0; overflow: hidden; }
.people { display: flex; flex-direction: column; min-height: 0; border-right: 1px solid var(--line); }
#somebody-new { padding: .7rem .9rem; border-bottom: 1px solid var(--line); }
#somebody-new summary { color: var(--accent); }
.list { overflow-y: auto; }
.chat { display: grid; grid-template-columns: 2.6rem 1fr auto; gap: .1rem .7rem; width: 100%; padding: .6rem .9rem;
	border: 0; border-bottom: 1px solid var(--line); background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.chat:hover, .chat[aria-pressed=true] { background: var(--page); }
.avatar { grid-row: span 2; width: 2.6rem; height: 2.6rem; border-radius: 50%; display: grid; place-items: center;
	background: var(--accent); color: var(--on-accent); font-weight: 600; }
.chat b, .last { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.last, .time, .hint { color: var(--soft); font-size: .85rem; }
.last { grid-column: span 2; }
.talk { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.who { padding: .7rem 1rem; border-bottom: 1px solid var(--line); }
.bubbles { flex: 1; overflow-y: auto; padding: 1rem; background: var(--chat); display: flex; flex-direction: column; gap: .5rem; }
.turn { align-self: flex-start; max-width: 80%; display: flex; flex-direction: column; gap: .2rem; }
.turn.contact { align-self: flex-end; align-items: flex-end; }
.bubble { background: var(--answer); border-radius: 10px 10px 10px 2px; padding: .5rem .75rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.contact .bubble { background: var(--bubble); border-radius: 10px 10px 2px 10px; }
.bubble small, .footer { color: var(--soft); font-size: .8rem; }
.bubble small { display: block; }
.bubble img { display: block; max-width: 14rem; max-height: 12rem; border-radius: 6px; margin-bottom: .3rem; }
.place { display: grid; place-items: center; width: 14rem; max-width: 100%; height: 7rem; border-radius: 6px; margin-bottom: .3rem;
	background: repeating-linear-gradient(20deg, var(--page) 0 1.4rem, var(--line) 1.4rem 1.6rem), repeating-linear-gradient(110deg, var(--page) 0 2rem, var(--line) 2rem 2.2rem); background-blend-mode: multiply; }
.pin { width: 1.1rem; height: 1.1rem; background: var(--bad); border: 3px solid var(--card); border-radius: 50% 50% 50% 0; transform: rotate(-45deg); }
.place small { font-size: .75rem; background: var(--card); border-radius: 4px; padding: 0 .3rem; }
#new-problem { margin-bottom: .5rem; }
.refused .bubble { border: 1px dashed var(--bad); }
.press { display: block; background: var(--answer); color: var(--accent); font: inherit; font-weight: 600; text-align: center;
	text-decoration: none; border: 0; border-radius: 8px; padding: .45rem .75rem; cursor: pointer; }
.press:hover { text-decoration: underline; }
.read { color: var(--read); }
.trouble { color: var(--bad); font-size: .85rem; margin: 0; }
#chat-problem { padding: 0 1rem; background: var(--chat); }
.composer { display: flex; gap: .5rem; padding: .7rem 1rem; border-top: 1px solid var(--line); }
.composer select { max-width: 9rem; }
.composer input { flex: 1; min-width: 0; }
form label { display: block; margin-bottom: .5rem; }
form label input { display: block; width: 100%; margin-top: .15rem; }
a { color: var(--accent); }
.empty { margin: auto; color: var(--soft); text-align: center; padding: 1rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem .9rem; margin: 0 0 .7rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
code, td { font-family: ui-monospace, monospace; font-size: .85rem; }
code { overflow-wrap: anywhere; }
.row { display: flex; gap: .8rem; justify-content: space-between; align-items: center; padding: .35rem 0; border-top: 1px solid var(--line); }
.row:first-of-type { border-top: 0; }
.row label { min-width: 0; overflow-wrap: anywhere; }
.row select, .row input[type=number] { width: 11rem; flex: none; }
select, input, button.do, button.main { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: .25rem .5rem; }
button.main { cursor: pointer; background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; padding: .3rem .9rem; }
button.do { cursor: pointer; margin: 0 .3rem .4rem 0; }
button.do:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
details summary { cursor: pointer; font-weight: 600; }
.scroll { overflow: auto; max-height: 20rem; }
table { border-collapse: collapse; width: 100%; }
td { padding: .2rem .6rem .2rem 0; white-space: nowrap; border-top: 1px solid var(--line); }
.bad { color: var(--bad); } .warn { color: var(--warn); }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 40rem) { .row:has(select, [type=number]) { flex-wrap: wrap; } .chats { grid-template: auto / minmax(0, 1fr); height: auto; } .people { border-right: 0; } .list { max-height: 12rem; } .bubbles { min-height: 14rem; max-height: 26rem; } }
`;
