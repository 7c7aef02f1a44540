// A survey of Zhike in somebody else's page: a button, or a moment, opens it in a dialog. No cookies, nothing kept.
//   <script src="https://zhike.example/widget.js" data-survey="TOKEN" async></script>
//   data-lang zh or en (else the page's) · data-label text of the button · data-side left or right
//   data-open button (default), now, after:SECONDS, scroll:PERCENT, or none: zhikeSurvey.open() alone opens it
// The survey names this page's origin in "origins"; a content security policy allows the server in script-src and
// frame-src. Styles are set one by one, so that a policy without inline styles holds.
(() => {
  const tag = document.currentScript;
  if (!tag || window.zhikeSurvey) return;
  const data = tag.dataset;
  const zh = (data.lang || document.documentElement.lang || navigator.language || '').startsWith('zh');
  if (!/^[\w-]{22}$/.test(data.survey || '')) return console.error('Zhike: data-survey is not the token of a link');
  const address = `${new URL(tag.src).origin}/s/${data.survey}?lang=${zh ? 'zh' : 'en'}`;
  const label = data.label || (zh ? '意见反馈' : 'Feedback');
  const make = (name, style, parent, attributes) => {
    const node = document.createElement(name);
    Object.assign(node.style, style);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.append(node);
    return node;
  };
  const face = { font: '600 16px/1 system-ui,"PingFang SC","Microsoft YaHei",sans-serif', border: '0', cursor: 'pointer', minHeight: '44px', minWidth: '44px' };
  let dialog;
  let before;

  function build() {
    dialog = make('dialog', { padding: '0', border: '0', borderRadius: '12px', width: 'min(480px,calc(100vw - 16px))', height: 'min(680px,calc(100vh - 16px))', maxWidth: 'none', maxHeight: 'none', overflow: 'hidden', boxShadow: '0 8px 40px rgba(0,0,0,.35)', background: '#fff' }, document.body, { 'aria-label': label });
    const close = make('button', { ...face, position: 'absolute', top: '0', right: '0', width: '44px', background: '#fff', color: '#1d2129', zIndex: '1' }, dialog, { type: 'button', 'aria-label': zh ? '关闭' : 'Close' });
    close.textContent = '✕';
    close.onclick = () => dialog.close();
    make('iframe', { display: 'block', border: '0', width: '100%', height: 'calc(100% - 44px)', marginTop: '44px' }, dialog, { src: address, title: label, referrerpolicy: 'no-referrer' });
    // A press on the darkened page closes, too; what was filled in stays until the page is left.
    dialog.onclick = (event) => event.target === dialog && dialog.close();
    dialog.onclose = () => before && before.focus();
  }

  function open() {
    if (!dialog) build();
    if (dialog.open) return;
    before = document.activeElement;
    dialog.showModal(); // the browser keeps the focus inside, closes on Escape, and hides the rest from screen readers
  }

  function once(when) {
    const [kind, number] = when.split(':');
    if (kind === 'now') open();
    if (kind === 'after') setTimeout(open, number * 1000);
    if (kind === 'scroll') {
      const look = () => {
        const room = document.documentElement.scrollHeight - innerHeight;
        if (room > 0 && scrollY / room < number / 100) return;
        removeEventListener('scroll', look);
        open();
      };
      addEventListener('scroll', look, { passive: true });
    }
  }

  function start() {
    const when = data.open || 'button';
    if (when !== 'button') return once(when);
    const button = make('button', { ...face, position: 'fixed', bottom: '16px', [data.side === 'left' ? 'left' : 'right']: '16px', padding: '0 18px', borderRadius: '22px', background: '#0b5fd6', color: '#fff', boxShadow: '0 2px 12px rgba(0,0,0,.25)', zIndex: '2147483000' }, document.body, { type: 'button', 'aria-haspopup': 'dialog' });
    button.textContent = label;
    button.onclick = open;
  }

  window.zhikeSurvey = { open, close: () => dialog && dialog.close() };
  if (document.body) start();
  else addEventListener('DOMContentLoaded', start);
})();
