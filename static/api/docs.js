// @ts-check
// Shows the schema. Swagger UI itself comes from a package and is served by this site.

const start = () => {
  const made = Reflect.get(window, "SwaggerUIBundle");
  made({ url: "/v1/schema/", dom_id: "#docs", deepLinking: true, validatorUrl: null, syntaxHighlight: false });
};

start();
