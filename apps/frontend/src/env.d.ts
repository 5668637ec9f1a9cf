interface ImportMetaEnv {
	/** Where the API is, absolute: `https://api.example.com/api` */
	readonly VITE_API_URL: string;
}
