// What cannot wait for the bundle. Runs before the first paint.

// What this sets is what Mantine sets later, so that a dark page never flashes light.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem('mantine-color-scheme-value');
  } catch (_) {
    // Storage may be forbidden; then the system decides.
  }
  var dark = stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

// Which header stands until the first page is drawn.
document.documentElement.setAttribute('data-area', /^\/(admin|ops)(\/|$)/.test(window.location.pathname) ? 'staff' : 'shop');

// The code of the page at hand, asked for together with the bundle and not only by it. The build wrote
// down which files those are (scripts/page_code.ts); while developing there is no such list.
(function () {
  var list = document.getElementById('page-code');
  if (!list) return;
  JSON.parse(list.textContent).forEach(function (page) {
    if (!new RegExp(page.path).test(window.location.pathname)) return;
    page.files.forEach(function (file) {
      var link = document.createElement('link');
      var isScript = /\.js$/.test(file);
      link.rel = isScript ? 'modulepreload' : 'preload';
      if (!isScript) link.as = 'style';
      link.crossOrigin = 'anonymous'; // as the bundle asks for them
      link.href = file;
      document.head.appendChild(link);
    });
  });
})();
