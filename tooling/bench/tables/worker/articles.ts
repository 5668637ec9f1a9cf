import * as z from "zod";
import { hits } from "./posts.ts";

export const AuthorSchema = z.object({ id: z.string(), name: z.string(), email: z.string() });

export const ArticleSchema = z.object({
	title: z.string().max(200),
	body: z.string().max(10_000),
	score: z.int(),
	authorId: z.string(),
});

export const PageSchema = z.object({
	slug: z.string().max(100),
	title: z.string().max(200),
	body: z.string().max(10_000),
	score: z.int(),
});

export type Author = z.output<typeof AuthorSchema> & Dates;
export type Article = z.output<typeof ArticleSchema> & { id: string } & Dates;
export type PageInput = z.input<typeof PageSchema>;
export type Page = z.output<typeof PageSchema> & { id: string } & Dates;

interface Dates {
	createdAt: Date;
	updatedAt: Date;
}

const body = "Some text that is not searched, as long as a paragraph of an article. ".repeat(4);
const authors = 100;

export function makeAuthors(): z.input<typeof AuthorSchema>[] {
	return Array.from({ length: authors }, (_, i) => ({
		id: `author-${i}`,
		name: `Author ${i}`,
		email: `author-${i}@example.com`,
	}));
}

/** A word that as many articles have in their titles as posts have a category. */
export function topicOf(i: number, rows: number): string {
	return `topic${String(i % Math.max(1, Math.floor(rows / hits))).padStart(5, "0")}`;
}

export function makeArticle(i: number, rows: number): z.input<typeof ArticleSchema> {
	return {
		title: `Article number ${i} of a bench, about ${topicOf(i, rows)} and what is said of it`,
		body,
		score: (i * 7919) % rows,
		authorId: `author-${i % authors}`,
	};
}

export function makePage(i: number, rows: number): PageInput {
	return { slug: `page-${i}`, title: `Page number ${i}`, body, score: (i * 7919) % rows };
}
