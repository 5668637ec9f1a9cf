/** Nothing: what it costs to start is workerd's own. */
export default { fetch: () => new Response() };
