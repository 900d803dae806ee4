import { useEffect, type RefObject } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

const places = new Map<string, number>(); // by the entry of the browser's history

// Back leads to where one was on the page; every other page begins at its top.
export function useScrollPlace(main: RefObject<HTMLElement | null>) {
  const { pathname, key } = useLocation();
  const back = useNavigationType() === NavigationType.Pop;
  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [main, pathname]);
  useEffect(() => {
    const element = main.current;
    if (!element) return;
    const place = back ? places.get(key) : undefined;
    if (place !== undefined) element.scrollTo(0, place);
    const keep = () => places.set(key, element.scrollTop);
    element.addEventListener("scroll", keep, { passive: true });
    return () => element.removeEventListener("scroll", keep);
  }, [main, key, back]);
}
