/// The console's one stylesheet. Written by hand; the colours have a contrast of 4.5 and more on every ground they stand on,
/// in light and dark, and none says what a word beside it does not.
enum ConsoleStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --ground: #fbfbfa; --raised: #f0f0ed; --ink: #1d1f21; --faint: #55595e; --line: #d4d5d1; --edge: #7b8087;
      --link: #0b4f9e; --good: #17602b; --bad: #a01b1b; --odd: #7a4a00;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #17191b; --raised: #212427; --ink: #e4e5e3; --faint: #a6abb1; --line: #3a3e42; --edge: #868c93;
        --link: #8fbcf5; --good: #86d29a; --bad: #ff9d94; --odd: #e8bd6c;
      }
    }
    *, ::before, ::after { box-sizing: border-box; }
    html { font: 15px/1.45 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    main:focus { outline: none; }
    .skip { position: absolute; left: 1rem; top: -4rem; padding: .4rem .8rem; background: var(--ground); }
    .skip:focus { top: .5rem; }
    header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem 2rem; padding: .6rem 1.25rem;
      background: var(--raised); border-bottom: 1px solid var(--line); }
    .name { margin: 0; font-weight: 650; }
    nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0; padding: 0; list-style: none; }
    nav a { display: inline-block; padding: .3rem 0; text-decoration: none; }
    nav a:hover { text-decoration: underline; }
    nav [aria-current] { color: var(--ink); font-weight: 650; border-bottom: 2px solid var(--ink); }
    main { padding: .4rem 1.25rem 2rem; }
    footer { padding: .4rem 1.25rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .87rem; }
    h1 { margin: .9rem 0 .5rem; font-size: 1.45rem; line-height: 1.2; }
    h2 { margin: 1.9rem 0 .5rem; font-size: 1.12rem; }
    h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
    p, ul { max-width: 75ch; margin: .5rem 0; }
    code, .code { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .92em; }
    small { display: block; color: var(--faint); font-size: .85rem; }
    .scroll { position: relative; overflow-x: auto; max-width: 100%; margin: .6rem 0 1.2rem; }
    table { border-collapse: collapse; font-size: .93rem; overflow-wrap: normal; }
    caption { padding: .2rem 0; text-align: left; color: var(--faint); }
    th, td { padding: .26rem .9rem .26rem 0; border-bottom: 1px solid var(--line); text-align: left;
      vertical-align: top; font-weight: inherit; }
    thead th { color: var(--faint); font-weight: 600; vertical-align: bottom; }
    tbody th { font-weight: 600; }
    tbody th a { font-weight: normal; }
    .log { font-variant-numeric: tabular-nums; }
    .log th, .log td { white-space: nowrap; }
    .log td.theirs { min-width: 6rem; max-width: 20rem; white-space: normal; overflow-wrap: anywhere; }
    .matrix td, .matrix th { min-width: 6.5rem; }
    .good { color: var(--good); }
    .bad { color: var(--bad); }
    .odd { color: var(--odd); }
    .note { padding: .5rem .8rem; border-left: 4px solid var(--edge); background: var(--raised); max-width: 75ch; }
    .note.bad { border-color: var(--bad); }
    dl { margin: .6rem 0; }
    dl div { display: grid; grid-template-columns: minmax(7rem, 14rem) 1fr; gap: 0 1rem; padding: .22rem 0;
      border-bottom: 1px solid var(--line); max-width: 60rem; }
    dt { color: var(--faint); }
    dd { margin: 0; }
    dd ul { margin: 0; padding-left: 1.1rem; }
    form { padding: .5rem .9rem .8rem; background: var(--raised); border: 1px solid var(--line); max-width: 75rem; }
    .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 100%), 1fr)); gap: .1rem 1rem; }
    fieldset { margin: 0; padding: 0; border: 0; }
    legend { padding: .3rem 0 0; font-weight: 600; }
    form p { margin: .3rem 0; min-width: 0; }
    label { display: block; color: var(--faint); font-size: .87rem; }
    input, select, button { font: inherit; color: var(--ink); background: var(--ground);
      border: 1px solid var(--edge); padding: .28rem .45rem; border-radius: 3px; }
    input, select { width: 100%; min-width: 0; }
    .tick { display: flex; align-items: center; gap: .5rem; min-height: 1.6rem; }
    .tick input { width: 1.1rem; height: 1.1rem; flex: none; margin: 0; }
    .tick label { color: var(--ink); font-size: inherit; }
    button { padding: .32rem 1.2rem; font-weight: 600; cursor: pointer; }
    meter { width: 7rem; height: 1rem; vertical-align: middle; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .finding { max-width: 75ch; margin: 1.1rem 0; padding-left: .8rem; border-left: 4px solid var(--edge); }
    .finding h3 { margin: 0 0 .2rem; }
    .finding dl div { grid-template-columns: 4.5rem 1fr; border: 0; padding: .1rem 0; }
    @media (max-width: 30rem) {
      main, header, footer { padding-left: .8rem; padding-right: .8rem; }
      dl div, .finding dl div { grid-template-columns: 1fr; }
    }

    """
}
