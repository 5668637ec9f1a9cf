/** What Cloudflare bills: rows of tables and of indexes. */
export interface RowCounts {
	read: number;
	written: number;
}
