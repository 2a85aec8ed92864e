import { redirect } from "next/navigation";

export default function RoutingPage() {
  redirect("/routing/profiles");
}
