// @ts-check
// Shows the schema. Swagger UI itself comes from a package and is served by this site.

const dark = matchMedia("(prefers-color-scheme: dark)");

const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);

const start = () => {
  const made = Reflect.get(window, "SwaggerUIBundle");
  made({ url: "/v1/schema/", dom_id: "#docs", deepLinking: true, validatorUrl: null, syntaxHighlight: false });
};

dress();
dark.addEventListener("change", dress);
start();
