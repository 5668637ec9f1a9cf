/** The package has no types of its own. */
declare module "workerd" {
	const workerd: {
		/** The path of the executable for this platform. */
		default: string;
		version: string;
	};
	export default workerd;
}
